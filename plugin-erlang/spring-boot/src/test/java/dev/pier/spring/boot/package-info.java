@NullMarked
package dev.pier.spring.boot;

import org.jspecify.annotations.NullMarked;
