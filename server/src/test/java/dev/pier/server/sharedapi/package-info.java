/// Stands for the API of a plugin, which web applications see.
@org.jspecify.annotations.NullMarked
package dev.pier.server.sharedapi;
