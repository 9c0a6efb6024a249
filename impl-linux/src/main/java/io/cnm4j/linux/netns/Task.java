package io.cnm4j.linux.netns;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Work for a worker; a {@link Callable} whose exception is known to the compiler.
 *
 * @param <T> what it returns
 * @param <X> what it throws; {@link RuntimeException} for none
 */
@FunctionalInterface
public interface Task<T extends @Nullable Object, X extends Exception> extends Callable<T> {
    @Override
    T call() throws X;
}
