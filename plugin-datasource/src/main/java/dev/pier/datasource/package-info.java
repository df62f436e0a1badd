/// Data sources: pools of database connections from `datasources { … }` of the configuration, which applications get as
/// `jdbc/<name>`.
@NullMarked
package dev.pier.datasource;

import org.jspecify.annotations.NullMarked;
