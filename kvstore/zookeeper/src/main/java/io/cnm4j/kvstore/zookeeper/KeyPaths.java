package io.cnm4j.kvstore.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * Keys as paths. A slash in a key divides directories, so that no directory holds everything.
 *
 * <pre>
 * key  a/b/c   path  /cnm4j-store/keys/a+/b+/c=      + directory   = entry
 * </pre>
 */
final class KeyPaths {
    static final String ROOT = "/cnm4j-store";
    static final String KEYS = ROOT + "/keys";
    static final String GUARDS = ROOT + "/guard";
    static final String REVISION = ROOT + "/revision";
    static final int GUARD_COUNT = 64;

    private static final char DIRECTORY = '+';
    private static final char ENTRY = '=';
    private static final String HEX = "0123456789ABCDEF";

    private KeyPaths() {}

    /** Returns the path of an entry. */
    static String of(String key) {
        int slash = key.lastIndexOf('/');
        return directory(key.substring(0, slash + 1)) + '/' + encode(key.substring(slash + 1)) + ENTRY;
    }

    /** Returns the path of the directory of keys that start with {@code prefix}, which ends with a slash or is empty. */
    static String directory(String prefix) {
        var path = new StringBuilder(KEYS);
        int from = 0;
        for (int slash = prefix.indexOf('/'); slash >= 0; slash = prefix.indexOf('/', from)) {
            path.append('/').append(encode(prefix.substring(from, slash))).append(DIRECTORY);
            from = slash + 1;
        }
        return path.toString();
    }

    /** Returns the longest part of a prefix that names a directory. */
    static String directoryPart(String prefix) {
        return prefix.substring(0, prefix.lastIndexOf('/') + 1);
    }

    static boolean isDirectory(String node) {
        return node.charAt(node.length() - 1) == DIRECTORY;
    }

    static boolean isEntry(String node) {
        return node.charAt(node.length() - 1) == ENTRY;
    }

    /** Returns the part of the key that a node's name stands for. */
    static String decode(String node) {
        var octets = new ByteArrayOutputStream();
        for (int i = 0; i < node.length() - 1; i++) {
            char c = node.charAt(i);
            if (c == '%') {
                octets.write(Integer.parseInt(node.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                octets.write(c);
            }
        }
        return octets.toString(UTF_8);
    }

    /** Returns the key of an entry's path. */
    static String key(String path) {
        var key = new StringBuilder();
        String[] nodes = path.substring(KEYS.length() + 1).split("/", -1);
        for (String node : nodes) {
            key.append(decode(node)).append(isDirectory(node) ? "/" : "");
        }
        return key.toString();
    }

    /** Returns the path of the guard that a key shares with others. */
    static String guard(String key) {
        return guard(Math.floorMod(key.hashCode(), GUARD_COUNT));
    }

    static String guard(int number) {
        return GUARDS + "/" + number;
    }

    private static String encode(String part) {
        var text = new StringBuilder();
        for (byte octet : part.getBytes(UTF_8)) {
            if ((octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') || isPlain(octet)) {
                text.append((char) octet);
            } else {
                text.append('%').append(HEX.charAt(octet >> 4 & 15)).append(HEX.charAt(octet & 15));
            }
        }
        return text.toString();
    }

    private static boolean isPlain(byte octet) {
        return (octet >= 'A' && octet <= 'Z') || octet == '-' || octet == '_' || octet == '.' || octet == ':';
    }
}
