//! [`LoginMethod`]: the ways to log in that are not universal auth.

/// Names a way for a machine identity to log in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LoginMethod {
    /// With the token of a Kubernetes service account.
    Kubernetes,
    /// With an id token of an OpenID Connect issuer.
    Oidc,
    /// With a JWT.
    Jwt,
    /// With a token of Google Cloud, whichever of its two kinds.
    Gcp,
    /// With a token of an Azure managed identity.
    Azure,
    /// With a signed request to AWS.
    Aws,
    /// With a name and a password.
    Ldap,
}

impl LoginMethod {
    /// Finds a method by its segment of a login's path.
    pub(crate) fn of_path(segment: &str) -> Option<Self> {
        Some(match segment {
            "kubernetes-auth" => Self::Kubernetes,
            "oidc-auth" => Self::Oidc,
            "jwt-auth" => Self::Jwt,
            "gcp-auth" => Self::Gcp,
            "azure-auth" => Self::Azure,
            "aws-auth" => Self::Aws,
            "ldap-auth" => Self::Ldap,
            _ => return None,
        })
    }
}
