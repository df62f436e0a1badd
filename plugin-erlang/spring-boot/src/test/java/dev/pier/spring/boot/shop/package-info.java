/// A small application, as the starter's users write it.
@NullMarked
package dev.pier.spring.boot.shop;

import org.jspecify.annotations.NullMarked;
