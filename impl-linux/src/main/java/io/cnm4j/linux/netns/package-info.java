/**
 * Network namespaces: threads that enter them, and the files that hold them.
 *
 * <p>Law: only a worker or a throw-away thread ever changes its namespace. A worker is at home, in the host namespace of its
 * pool, whenever it is not inside a task's {@code inside}; one that could not return home dies and is replaced. No thread is
 * started by a thread that is away from home, because it would stay there and hold the namespace. Descriptors are close-on-exec
 * and end with what opened them.
 */
@NullMarked
package io.cnm4j.linux.netns;

import org.jspecify.annotations.NullMarked;
