/// Reads certificates and keys in PEM format, and files with secrets, for HTTPS and for Erlang's distribution within
/// TLS.
@NullMarked
package dev.pier.pem;

import org.jspecify.annotations.NullMarked;
