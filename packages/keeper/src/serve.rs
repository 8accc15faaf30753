//! Metrics over HTTP, on the loopback and nowhere else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokfut_scenario::Failure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::metrics::Metrics;

/// How much of a request is read, and how long it may take.
const MOST: usize = 4_096;
const PATIENCE: Duration = Duration::from_secs(5);

/// Listens on an address of the loopback and answers `GET /metrics`, in the background; where it listens.
///
/// # Errors
/// `not_loopback`, or `metrics_failed` if it cannot listen there.
pub async fn serve(address: SocketAddr, metrics: Arc<Metrics>) -> Result<SocketAddr, Failure> {
    if !address.ip().is_loopback() {
        return Err(Failure::new("not_loopback", format!("{address}: metrics are shown on the loopback only")));
    }
    let failed = |error: std::io::Error| Failure::new("metrics_failed", format!("{address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    tokio::spawn(async move {
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                // Whoever breaks off has his reasons.
                let _ = timeout(PATIENCE, answer(stream, &metrics)).await;
            }
        }
    });
    Ok(address)
}

async fn answer(mut stream: TcpStream, metrics: &Metrics) -> std::io::Result<()> {
    let (mut request, mut part) = (Vec::new(), [0; 512]);
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < MOST {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Ok(());
        }
        request.extend(part.iter().take(read));
    }
    let is_asked = request.starts_with(b"GET /metrics ");
    let (status, body) =
        if is_asked { ("200 OK", metrics.text()) } else { ("404 Not Found", "GET /metrics\n".to_string()) };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(address: SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[test]
    fn metrics_are_shown_on_the_loopback_only() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let metrics = Arc::new(Metrics::default());
            metrics.set("height", 7);
            let address = serve("127.0.0.1:0".parse().unwrap(), metrics.clone()).await.unwrap();
            let answer = get(address, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await;
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("tokfut_keeper_height 7"), "{answer}");
            let answer = get(address, b"GET / HTTP/1.1\r\n\r\n").await;
            assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
            let refused = serve("0.0.0.0:0".parse().unwrap(), metrics).await.unwrap_err();
            assert_eq!(refused.code, "not_loopback");
        });
    }
}
