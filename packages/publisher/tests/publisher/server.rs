//! A server on the loopback that answers as it is told, one connection after another.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What the server does with a connection.
pub enum Reply {
    /// Status line, content type, body.
    Answer(&'static str, &'static str, String),
    /// As said, but only so many bytes of the body come.
    Half(&'static str, String, usize),
    /// Nothing comes.
    Silence(Duration),
    /// The connection is closed at once.
    Hangup,
}

impl Reply {
    /// 200, JSON.
    pub fn json(body: &str) -> Self {
        Self::Answer("200 OK", "application/json; charset=utf-8", body.to_string())
    }
}

/// A server that has these replies, in this order.
pub struct Server {
    /// Where it is.
    pub url: String,
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Server {
    pub fn new(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/prices", listener.local_addr().unwrap());
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let thread = thread::spawn(move || {
            let mut served = 0;
            for reply in replies {
                let Some(stream) = next(&listener, &over) else { break };
                served += 1;
                reply.to(stream);
            }
            served
        });
        Self { url, is_over, thread }
    }

    /// Ends it; how many replies were asked for.
    pub fn end(self) -> usize {
        self.is_over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

/// The next connection; none once it is over.
fn next(listener: &TcpListener, over: &AtomicBool) -> Option<TcpStream> {
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                return Some(stream);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock && !over.load(Ordering::SeqCst) => {
                thread::sleep(Duration::from_millis(2));
            }
            Err(_) => return None,
        }
    }
}

impl Reply {
    fn to(self, mut stream: TcpStream) {
        let (status, kind, body, sent) = match self {
            Self::Answer(status, kind, body) => (status, kind, body.clone(), body.len()),
            Self::Half(kind, body, sent) => ("200 OK", kind, body, sent),
            Self::Silence(time) => return thread::sleep(time),
            Self::Hangup => return,
        };
        let _ = stream.read(&mut [0; 4096]);
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body.as_bytes()[..sent]);
    }
}
