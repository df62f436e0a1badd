package dev.pier.spring.boot;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.servlet.ErlangProblem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/// Answers an [ErlangException] of a controller with problem details. The statuses are those of [ErlangErrors].
/// The application's own handlers come first.
///
/// *Threads.* Safe for all threads.
@RestControllerAdvice
final class ErlangExceptionAdvice {
    /// @throws ErlangException the failure itself, if the response has begun: [ErlangErrors] aborts it
    @ExceptionHandler
    ResponseEntity<ProblemDetail> answer(ErlangException e, HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            throw e;
        }
        ErlangProblem problem = ErlangProblem.of(e, request);
        ProblemDetail body = ProblemDetail.forStatus(problem.status());
        body.setTitle(problem.title());
        body.setDetail(problem.detail());
        problem.reference().ifPresent(reference -> body.setProperty("reference", reference));
        HttpHeaders headers = new HttpHeaders();
        headers.setCacheControl("no-store");
        problem.retryAfter().ifPresent(after -> headers.set(HttpHeaders.RETRY_AFTER, Long.toString(after.toSeconds())));
        return ResponseEntity.status(problem.status()).headers(headers).body(body);
    }
}
