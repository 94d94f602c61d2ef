//! What is sent: a body that is cut tells of a problem, as an answer would.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use crate::routes::problem::Problem;

/// The answer, watched while it is sent.
pub fn watched(response: HttpResponse) -> HttpResponse {
    response.map_body(|_, body| BoxBody::new(Sent { body }))
}

/// A body on its way.
struct Sent {
    body: BoxBody,
}

impl MessageBody for Sent {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = Pin::new(&mut self.body).poll_next(context);
        if let Poll::Ready(Some(Err(error))) = &next
            && let Some(problem) = error.downcast_ref::<Problem>()
        {
            problem.tell();
        }
        next
    }
}
