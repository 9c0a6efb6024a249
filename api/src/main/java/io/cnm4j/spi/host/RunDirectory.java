package io.cnm4j.spi.host;

/**
 * Where a controller keeps what lives as long as the kernel. All below it is the controller's own.
 *
 * @param path the directory, absolute
 */
public record RunDirectory(String path) {
    /** What the files of namespaces begin with that are no sandbox' but a network's. */
    public static final String NETWORK = "net-";

    /** Returns the directory of the files that hold namespaces. */
    public String namespaces() {
        return path + "/netns";
    }

    /** Returns the directory with a directory of files for each sandbox. */
    public String sandboxes() {
        return path + "/sandbox";
    }
}
