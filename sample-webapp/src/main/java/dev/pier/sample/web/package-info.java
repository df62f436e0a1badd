/// What the cards of the sample share: requests, JSON, errors, events to the browser, and what guards them.
@NullMarked
package dev.pier.sample.web;

import org.jspecify.annotations.NullMarked;
