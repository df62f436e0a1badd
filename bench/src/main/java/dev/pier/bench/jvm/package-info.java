/// What can be measured inside a JVM, by JMH.
@NullMarked
package dev.pier.bench.jvm;

import org.jspecify.annotations.NullMarked;
