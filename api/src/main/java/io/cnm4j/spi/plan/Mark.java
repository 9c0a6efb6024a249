package io.cnm4j.spi.plan;

import io.cnm4j.api.ControllerId;
import java.util.Optional;

/**
 * What every object of ours carries, to say whose it is: in the alias of a link, in names of tables and directories.
 * Without a mark an object is foreign, and is never changed or deleted.
 */
public final class Mark {
    private static final String PREFIX = "cnm4j ";
    private static final String LEAVING = "leaving";
    private static final int GROUPS = 0x6300_0000; // 24 bits of the controller's id follow

    private Mark() {}

    /**
     * Returns the alias of a link.
     *
     * @param controller the owner
     * @param what the record it belongs to, such as {@code network 0123456789ab}
     */
    public static String of(ControllerId controller, String what) {
        return PREFIX + controller.shortForm() + " " + what;
    }

    /** Returns the alias of a link that had {@code mark}, is cut off, and goes when the kernel gets to it. */
    public static String leaving(String mark) {
        return PREFIX + owner(mark).orElse("unknown") + " " + LEAVING;
    }

    /** Tells whether {@code alias} is that of a link that goes by itself. */
    public static boolean isLeaving(String alias) {
        return alias.startsWith(PREFIX) && alias.endsWith(" " + LEAVING);
    }

    /** Tells whether {@code alias} is a mark of this controller. */
    public static boolean isOf(ControllerId controller, String alias) {
        return alias.startsWith(PREFIX + controller.shortForm() + " ");
    }

    /** Returns the short id of the controller that an alias names, if it is a mark at all. */
    public static Optional<String> owner(String alias) {
        String[] words = alias.split(" ", 3);
        return words.length == 3 && alias.startsWith(PREFIX) ? Optional.of(words[1]) : Optional.empty();
    }

    /**
     * Returns the link group (IFLA_GROUP) of the links that carry this mark. A link has its group from birth, an alias only from
     * a moment later: a link of this group without an alias was being made when its maker ended. 0, the default group, for what is no mark.
     */
    public static int group(String alias) {
        return owner(alias)
                .map(owner -> GROUPS + Integer.parseInt(owner.substring(0, 6), 16))
                .orElse(0);
    }

    /** Returns the name of the one nftables table of a controller. */
    public static String table(ControllerId controller) {
        return "cnm4j-" + controller.shortForm();
    }
}
