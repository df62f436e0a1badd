/// Comparisons of results: conversion to JSON, records and terms, and replies larger than the receiver's memory.
@NullMarked
package dev.pier.bench.results;

import org.jspecify.annotations.NullMarked;
