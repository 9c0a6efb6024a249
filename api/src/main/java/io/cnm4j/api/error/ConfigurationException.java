package io.cnm4j.api.error;

import org.jspecify.annotations.Nullable;

/** The controller's configuration, its directories or the jars on the class path are wrong: correct them and open again. */
public class ConfigurationException extends CnmException {
    private static final long serialVersionUID = 1;

    /** @param message what happened, with which values, and what to do now */
    public ConfigurationException(String message) {
        super(message);
    }

    /**
     * @param message what happened, with which values, and what to do now
     * @param cause the failure behind it, or null
     */
    public ConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
