/// HTTP sessions that outlive an application's version: where they are kept, and how they are shared.
@NullMarked
package dev.pier.server.session;

import org.jspecify.annotations.NullMarked;
