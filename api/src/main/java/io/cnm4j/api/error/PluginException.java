package io.cnm4j.api.error;

import org.jspecify.annotations.Nullable;

/** A plug-in outside this process refused, answered what makes no sense, or did not answer. */
public class PluginException extends CnmException {
    private static final long serialVersionUID = 1;

    private final String plugin;
    private final Answer answer;

    /** What the plug-in said. */
    public enum Answer {
        /** No: nothing was changed there. */
        REFUSED,
        /** Something that cannot be understood: what was changed there is unknown. */
        SENSELESS,
        /** Nothing: what was changed there is unknown. */
        NONE
    }

    /**
     * @param plugin the plug-in's name
     * @param answer what it said
     * @param message what happened, with which values, and what to do now
     * @param cause the failure behind it, or null
     */
    public PluginException(String plugin, Answer answer, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.plugin = plugin;
        this.answer = answer;
    }

    /** Returns the plug-in's name. */
    public String plugin() {
        return plugin;
    }

    /** Returns what the plug-in said. */
    public Answer answer() {
        return answer;
    }
}
