/// What the server gives to applications. They compile against it, and find the server's classes at run time.
@NullMarked
package dev.pier.server.api;

import org.jspecify.annotations.NullMarked;
