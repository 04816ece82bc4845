//! A TCP port that can be closed and opened again without losing its number.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// Listens, or holds its port without listening, and knows the connections that came through it.
///
/// While closed, a socket stays bound to the address: connecting is refused, and nobody else can take the
/// port.
pub(crate) struct Port {
    address: SocketAddr,
    runtime: Handle,
    inner: Mutex<Inner>,
}

struct Inner {
    socket: Socket,
    /// Wakes the accepting task when the port opens again.
    waker: Option<Waker>,
    connections: Vec<AbortHandle>,
    /// Counts closings, so that a connection accepted before one does not survive it.
    closings: u64,
}

enum Socket {
    Listening(TcpListener),
    Held(TcpSocket),
    Closed,
}

/// A connection with the closing count at which it was accepted.
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    closings: u64,
}

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

impl Port {
    /// Opens a port, on the given runtime; port 0 takes a free one.
    pub(crate) fn open(address: SocketAddr, runtime: Handle) -> io::Result<Self> {
        let _context = runtime.enter();
        let listener = bind(address)?.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let inner = Inner {
            socket: Socket::Listening(listener),
            waker: None,
            connections: Vec::new(),
            closings: 0,
        };
        Ok(Self {
            address,
            inner: Mutex::new(inner),
            runtime: runtime.clone(),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.inner().socket, Socket::Listening(_))
    }

    /// Waits for a connection, through any closing and opening.
    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        poll_fn(|cx| {
            let mut inner = self.inner();
            if let Socket::Listening(listener) = &inner.socket
                && let Poll::Ready(accepted) = listener.poll_accept(cx)
            {
                let closings = inner.closings;
                return Poll::Ready(accepted.map(|(stream, _)| Accepted { stream, closings }));
            }
            inner.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Remembers the task of a connection, or ends it if the port was closed meanwhile.
    pub(crate) fn track(&self, closings: u64, task: AbortHandle) {
        let mut inner = self.inner();
        if inner.closings != closings {
            task.abort();
            return;
        }
        inner.connections.retain(|task| !task.is_finished());
        inner.connections.push(task);
    }

    /// Stops listening and drops every connection; the port stays taken.
    pub(crate) fn close(&self) {
        let mut inner = self.inner();
        inner.drop_connections();
        if matches!(inner.socket, Socket::Listening(_)) {
            // The listener goes first: no two sockets hold the address at once.
            inner.socket = Socket::Closed;
            inner.socket = bind(self.address).map_or(Socket::Closed, Socket::Held);
        }
    }

    /// Listens again at the same address.
    pub(crate) fn reopen(&self) -> io::Result<()> {
        let _context = self.runtime.enter();
        let mut inner = self.inner();
        let socket = match std::mem::replace(&mut inner.socket, Socket::Closed) {
            Socket::Listening(listener) => {
                inner.socket = Socket::Listening(listener);
                return Ok(());
            }
            Socket::Held(socket) => socket,
            Socket::Closed => bind(self.address)?,
        };
        inner.socket = Socket::Listening(socket.listen(BACKLOG)?);
        if let Some(waker) = inner.waker.take() {
            waker.wake();
        }
        Ok(())
    }

    /// Gives the port up and drops every connection.
    pub(crate) fn give_up(&self) {
        let mut inner = self.inner();
        inner.drop_connections();
        inner.socket = Socket::Closed;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn drop_connections(&mut self) {
        self.closings += 1;
        for task in self.connections.drain(..) {
            task.abort();
        }
    }
}

impl Accepted {
    pub(crate) fn into_parts(self) -> (TcpStream, u64) {
        (self.stream, self.closings)
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Else connections that are still winding down would keep the address; on Windows it would share it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
