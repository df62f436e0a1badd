package dev.pier.server.admin;

import java.io.InputStream;

/// A request for an operation, which has the token.
///
/// @param name the last part of the path, as it is in the URL
/// @param length of the body in bytes; -1 if it is not known
/// @param client the address of the operator
public record AdminRequest(String method, String name, InputStream body, long length, String client) {}
