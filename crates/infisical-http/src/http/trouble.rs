//! [`Trouble`]: what went wrong on the way to the server, where more is known than that it did.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage};

/// Names a cause that waiting does not put right, found by the types of errors and not by their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    UnknownAuthority,
    Expired,
    NotYetValid,
    OtherName,
    BadCertificate,
    ClientCertificate,
    PlainHttpPort,
    NotHttp,
}

impl Trouble {
    /// Looks for a cause in the chain of an error.
    pub(crate) fn in_chain(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = Self::of(error) {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    /// Says what is wrong, after the name of the host.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::UnknownAuthority => "has a certificate of an unknown authority",
            Self::Expired => "has an expired certificate",
            Self::NotYetValid => "has a certificate that is not valid yet",
            Self::OtherName => "has a certificate for another name",
            Self::BadCertificate => "has a certificate that cannot be accepted",
            Self::ClientCertificate => "refused the client certificate, or asks for one",
            Self::PlainHttpPort => "does not speak TLS at this port",
            Self::NotHttp => "gave an answer that is not HTTP, or has too large a head",
        }
    }

    /// Tells whether this ended the connection before a request could be sent over it.
    ///
    /// With TLS 1.3 a server refuses a client's certificate after the client may have sent something; it
    /// did not take it.
    pub(crate) fn is_before_requests(self) -> bool {
        self != Self::NotHttp
    }

    /// Says what to do about it.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::UnknownAuthority => {
                "add the certificate of the server's authority with `ca_file`, or to the machine's \
                 trust store"
            }
            Self::Expired => "renew the server's certificate, or put this machine's clock right",
            Self::NotYetValid => "put this machine's clock right",
            Self::OtherName => {
                "use a name of the server that its certificate holds, or add this one to it"
            }
            Self::BadCertificate => {
                "check the server's certificate: its purpose, its signature and its whole chain"
            }
            Self::ClientCertificate => {
                "set a client certificate and its key that the server's authority issued"
            }
            Self::PlainHttpPort => {
                "use the port that speaks https, or write http where the network is trusted"
            }
            Self::NotHttp => {
                "write https where the port speaks TLS; check that the address is that of an Infisical \
                 server, and what a proxy before it adds to the headers"
            }
        }
    }

    fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            // Its `source` skips the error that it wraps.
            return error.get_ref().and_then(|inner| Self::in_chain(inner));
        }
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            return error.is_parse().then_some(Self::NotHttp);
        }
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            // What the library itself ends a stream for, and not the server: a head beyond its bounds too.
            return error.is_library().then_some(Self::NotHttp);
        }
        Self::of_tls(error.downcast_ref::<rustls::Error>()?)
    }

    fn of_tls(error: &rustls::Error) -> Option<Self> {
        use AlertDescription as Alert;
        Some(match error {
            rustls::Error::InvalidCertificate(error) => Self::of_certificate(error),
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
                Self::PlainHttpPort
            }
            rustls::Error::AlertReceived(
                Alert::CertificateRequired
                | Alert::BadCertificate
                | Alert::CertificateExpired
                | Alert::CertificateRevoked
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::UnsupportedCertificate,
            ) => Self::ClientCertificate,
            _ => return None,
        })
    }

    fn of_certificate(error: &CertificateError) -> Self {
        use CertificateError as Certificate;
        match error {
            Certificate::UnknownIssuer => Self::UnknownAuthority,
            Certificate::Expired | Certificate::ExpiredContext { .. } => Self::Expired,
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => Self::NotYetValid,
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                Self::OtherName
            }
            _ => Self::BadCertificate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_found_however_deep_it_is_wrapped() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let wrapped = io::Error::other(io::Error::other(tls));
        assert_eq!(Trouble::in_chain(&wrapped), Some(Trouble::UnknownAuthority));
        assert_eq!(Trouble::in_chain(&io::Error::other("words")), None);
    }
}
