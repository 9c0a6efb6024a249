package io.cnm4j.driver.remote;

import io.cnm4j.api.error.PluginException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Inverse calls: what is not there is fine. The protocol has no word for that, so it is looked for in what the plug-in says. */
final class Absent {
    private static final Logger LOG = LoggerFactory.getLogger(Absent.class);
    private static final Pattern SAYS_SO = Pattern.compile(
            "not found|404|no such|unknown|(does not|doesn't|did not|not) exist|no (network|endpoint|pool|address)|not joined|not leased|not allocated");

    private Absent() {}

    static void isFine(Runnable call) {
        try {
            call.run();
        } catch (PluginException failure) {
            String said = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
            if (failure.answer() != PluginException.Answer.REFUSED
                    || !SAYS_SO.matcher(said).find()) {
                throw failure;
            }
            LOG.debug("gone already", failure);
        }
    }
}
