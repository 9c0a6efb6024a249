package io.cnm4j.api.error;

import org.jspecify.annotations.Nullable;

/** A plug-in outside this process refused, could not be reached, or answered what makes no sense. */
public class PluginException extends CnmException {
    private static final long serialVersionUID = 1;

    private final String plugin;
    private final boolean refused;

    /**
     * @param plugin the plug-in's name
     * @param refused whether it understood and said no: nothing was changed there
     * @param message what happened, with which values, and what to do now
     * @param cause the failure behind it, or null
     */
    public PluginException(String plugin, boolean refused, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.plugin = plugin;
        this.refused = refused;
    }

    /** Returns the plug-in's name. */
    public String plugin() {
        return plugin;
    }

    /** Tells whether the plug-in answered with an error; if not, whether it did what it was asked for is unknown. */
    public boolean refused() {
        return refused;
    }
}
