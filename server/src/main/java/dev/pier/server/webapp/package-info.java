/// Web applications: found in a folder, copied, started apart from the server's classes, injected, replaced, ended.
@NullMarked
package dev.pier.server.webapp;

import org.jspecify.annotations.NullMarked;
