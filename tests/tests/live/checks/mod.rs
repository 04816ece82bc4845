//! What the client makes of the server: one function for each check, with its name.

mod imports;
mod reads;
mod references;
mod stack;
mod tokens;
mod writes;

use futures_util::future::BoxFuture;

use crate::scene::{Outcome, Scene};

/// One check. It makes what it needs, in a folder of its own.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) run: for<'a> fn(&'a Scene<'a>) -> BoxFuture<'a, Outcome>,
}

macro_rules! checks {
    ($($name:literal: $module:ident::$function:ident,)*) => {
        /// All checks, in their order. None needs what another did.
        pub(crate) const CHECKS: &[Check] = &[
            $(Check { name: $name, run: |scene| Box::pin($module::$function(scene)) },)*
        ];
    };
}

checks! {
    "a new secret is read back as it was written": writes::created,
    "what exists is not created again": writes::not_created_twice,
    "an update is read back, and counts a version": writes::updated,
    "an update of what is missing is refused": writes::not_updated_out_of_nothing,
    "an upsert of several secrets creates some and updates others": writes::upserted,
    "a batch of creations spares what exists and writes the rest": writes::spared,
    "a value that the server would trim is refused, and trimmed where allowed": writes::trimmed,
    "a value of several lines, and one of many scripts, come back byte by byte": writes::kept_exactly,
    "a name that must be percent-encoded is written, read and deleted": writes::named_oddly,
    "deleted secrets are gone": writes::deleted,
    "a list holds a folder's own secrets, and no other folder's": reads::listed,
    "a batch over three folders is answered in the order asked": reads::batched,
    "three folders are read with one recursive list where requests are few": reads::recursive,
    "a secret, a folder and an environment that do not exist are not found": reads::missing,
    "an older version is given, or refused as unsupported": reads::versioned,
    "a reference is expanded, over two steps and by its full path too": references::expanded,
    "a reference that leads nowhere is told": references::dangling,
    "a folder's own secret wins over an import": imports::own_wins,
    "the last of two imports wins": imports::last_wins,
    "an import of a missing folder hides nothing": imports::missing_folder,
    "an imported secret is part of a list": imports::listed,
    "after the token is revoked, the next look-up logs in again": tokens::revoked_here,
    "a token that somebody else revoked is replaced by a new login": tokens::revoked_elsewhere,
    "a token that the server calls malformed is replaced by a new login": tokens::malformed,
    "a write whose token is over is carried out once, with a new one": tokens::over_at_a_write,
    "a given token that was revoked fails, and is not replaced": tokens::given,
    "a configuration is resolved through the stack, and sees what the stack wrote": stack::resolved,
}
