/// The AOT cache, with which Java starts Pier faster (JEP 483, 514 and 515).
@NullMarked
package dev.pier.server.aot;

import org.jspecify.annotations.NullMarked;
