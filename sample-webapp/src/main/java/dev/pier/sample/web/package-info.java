/// Shared by the cards of the sample: request bodies, JSON, error responses, events to the browser, and filters.
@NullMarked
package dev.pier.sample.web;

import org.jspecify.annotations.NullMarked;
