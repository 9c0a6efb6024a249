package io.cnm4j.tck;

/** Told of every change of a host, before and after it. What it throws ends that change as if the host had failed. */
public interface WriteTap {
    /** Hears nothing. */
    WriteTap NONE = new WriteTap() {};

    /** The change is about to be made; if this throws, it is not. */
    default void before(String change) {}

    /** The change was made; if this throws, the answer is lost. */
    default void after(String change) {}
}
