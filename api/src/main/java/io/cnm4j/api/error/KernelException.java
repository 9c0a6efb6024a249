package io.cnm4j.api.error;

/** The kernel refused an operation. Thread-safe, immutable. */
public class KernelException extends CnmException {
    private static final long serialVersionUID = 1;

    private final String operation;
    private final int errno;
    private final String errnoName;
    private final String kernelSays;
    private final String advice;

    /**
     * @param operation what was tried, as a line an operator could type
     * @param errno the kernel's error number, positive (errno(3)); 0 if there was none
     * @param errnoName its symbol, such as {@code EEXIST}
     * @param kernelSays the kernel's own sentence, unedited; empty if it gave none
     * @param advice what to do now
     */
    public KernelException(String operation, int errno, String errnoName, String kernelSays, String advice) {
        super("'" + operation + "' failed with " + errnoName + " (errno=" + errno + ")"
                + (kernelSays.isEmpty() ? "" : ", the kernel says \"" + kernelSays + "\"") + "; " + advice);
        this.operation = operation;
        this.errno = errno;
        this.errnoName = errnoName;
        this.kernelSays = kernelSays;
        this.advice = advice;
    }

    /** Returns what was tried, as a line an operator could type. */
    public String operation() {
        return operation;
    }

    /** Returns the kernel's error number, positive. */
    public int errno() {
        return errno;
    }

    /** Returns the symbol of {@link #errno()}, such as {@code EEXIST}. */
    public String errnoName() {
        return errnoName;
    }

    /** Returns the kernel's own sentence (extended acknowledgement), empty if it gave none. */
    public String kernelSays() {
        return kernelSays;
    }

    /** Returns what to do now. */
    public String advice() {
        return advice;
    }
}
