/// Web applications: scanning of the folder, deployment, isolation from the server's classes, injection,
/// redeployment.
@NullMarked
package dev.pier.server.webapp;

import org.jspecify.annotations.NullMarked;
