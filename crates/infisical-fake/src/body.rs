//! The body of an HTTP answer, which may break off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// Sends all of a body, or half of it and then an error, on which hyper drops the connection.
pub(crate) struct AnswerBody {
    data: Option<Bytes>,
    declared: u64,
    rest: Rest,
}

/// What follows the data.
enum Rest {
    End,
    /// The break waits for one more poll, so that the data is on the wire before it.
    Flush,
    Break,
}

impl AnswerBody {
    pub(crate) fn whole(body: Vec<u8>) -> Self {
        Self {
            declared: body.len() as u64,
            data: (!body.is_empty()).then(|| body.into()),
            rest: Rest::End,
        }
    }

    pub(crate) fn broken(mut body: Vec<u8>) -> Self {
        let declared = body.len() as u64;
        body.truncate(body.len() / 2);
        Self {
            declared,
            data: Some(body.into()),
            rest: Rest::Flush,
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.rest {
            Rest::End => Poll::Ready(None),
            Rest::Flush => {
                self.rest = Rest::Break;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Rest::Break => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && matches!(self.rest, Rest::End)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared)
    }
}
