//! [`Clue`]: what an answer that is not Infisical's gives away about the address.

use crate::http::send::Reply;

/// Names what is wrong with the address, where an answer lets it be guessed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clue {
    /// It leads elsewhere. Where is not shown: such an address can hold a token.
    Redirects,
    /// The port speaks https and was asked in plain http.
    WantsHttps,
}

impl Clue {
    /// Looks at an answer; what Infisical itself says is no clue.
    pub(crate) fn of(reply: &Reply, is_infisicals: bool) -> Option<Self> {
        match reply.status {
            _ if is_infisicals => None,
            // Nothing was asked that this could answer, and it leads nowhere.
            304 => None,
            300..=399 => Some(Self::Redirects),
            // The words of Go's and of nginx's servers.
            400 => {
                let page = String::from_utf8_lossy(&reply.body).to_ascii_lowercase();
                let says = |words: &str| page.contains(words);
                (says("http request to an https server")
                    || says("http request was sent to https port"))
                .then_some(Self::WantsHttps)
            }
            _ => None,
        }
    }

    /// Says what to do about it.
    pub(crate) fn hint(self, host: &str) -> String {
        match self {
            Self::Redirects => format!(
                "check the address: {host} redirects, and credentials are not carried elsewhere"
            ),
            Self::WantsHttps => {
                format!("write the address with `https://`: {host} does not speak plain http")
            }
        }
    }
}
