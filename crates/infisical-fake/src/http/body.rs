//! The body of an HTTP answer, which may break off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// Sends all of a body, or half of what its length promises, on which hyper drops the connection.
pub(crate) struct AnswerBody {
    data: Option<Bytes>,
    declared: u64,
}

impl AnswerBody {
    pub(crate) fn whole(body: Vec<u8>) -> Self {
        let declared = body.len() as u64;
        Self {
            data: (!body.is_empty()).then(|| body.into()),
            declared,
        }
    }

    pub(crate) fn broken(mut body: Vec<u8>) -> Self {
        let declared = body.len() as u64;
        body.truncate(body.len() / 2);
        Self {
            declared,
            ..Self::whole(body)
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.data.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared)
    }
}
