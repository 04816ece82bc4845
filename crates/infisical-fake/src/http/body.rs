//! The body of an HTTP answer, which may break off or take its time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// Sends all of a body, or half of what its length promises, on which hyper drops the connection.
pub(crate) struct AnswerBody {
    data: Option<Bytes>,
    declared: u64,
    slow: Option<Slow>,
}

/// Lets one byte pass after each pause.
struct Slow {
    pause: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl AnswerBody {
    pub(crate) fn whole(body: Vec<u8>) -> Self {
        let declared = body.len() as u64;
        Self {
            data: (!body.is_empty()).then(|| body.into()),
            declared,
            slow: None,
        }
    }

    pub(crate) fn slow(body: Vec<u8>, pause: Duration) -> Self {
        Self {
            slow: Some(Slow {
                pause,
                sleep: Box::pin(tokio::time::sleep(pause)),
            }),
            ..Self::whole(body)
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
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        if let (Some(slow), Some(data)) = (&mut this.slow, &mut this.data)
            && data.len() > 1
        {
            ready!(slow.sleep.as_mut().poll(cx));
            slow.sleep.as_mut().reset(Instant::now() + slow.pause);
            return Poll::Ready(Some(Ok(Frame::data(data.split_to(1)))));
        }
        Poll::Ready(self.data.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared)
    }
}
