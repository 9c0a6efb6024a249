/**
 * Processes inside a namespace.
 *
 * <p>Law: a process is started by posix_spawn(3) on a worker, and the one thread that waits for it is started by that worker at
 * home: nothing of this JVM stays in the process' namespace. The process gets its three streams and no other descriptor of the
 * JVM. Its number is not signalled once it was waited for.
 */
@NullMarked
package io.cnm4j.linux.process;

import org.jspecify.annotations.NullMarked;
