package io.cnm4j.linux;

/**
 * Told of every call that changes the kernel, an owned file or a store, before and after it. For counting, tracing and fault runs;
 * what it throws ends the call.
 */
public interface KernelTap {
    /** Does nothing. */
    KernelTap NONE = new KernelTap() {
        @Override
        public void before(String call) {}

        @Override
        public void after(String call) {}
    };

    /** The call is about to be made. */
    void before(String call);

    /** The call came back; it may have failed. */
    void after(String call);
}
