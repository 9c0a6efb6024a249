/** What a plug-in costs beyond the HTTP round trips to it, and what a plug-in that hangs costs everybody else. */
@NullMarked
package io.cnm4j.benchmarks.remote;

import org.jspecify.annotations.NullMarked;
