package io.cnm4j.core;

import io.cnm4j.api.model.RuntimeHook;
import java.nio.file.Path;

/** Where runtimes hand over the namespaces of containers. */
public interface HookSource {

    /** Takes a namespace over; what it throws the runtime is told. */
    interface Taker {
        /** Takes the namespace of this container. */
        void take(String container, Path namespace);
    }

    /** A source that is open. */
    interface Open extends AutoCloseable {
        /** Returns what runtimes are to start. */
        RuntimeHook hook();

        /** Listens no more; waits for what is being taken over. */
        @Override
        void close();
    }

    /** Starts to listen. */
    Open open(Taker taker);
}
