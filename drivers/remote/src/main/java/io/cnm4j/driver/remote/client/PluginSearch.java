package io.cnm4j.driver.remote.client;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.driver.remote.client.PluginAddress.Tls;
import io.cnm4j.driver.remote.protocol.BadMessageException;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds plug-ins as Docker's engine does (PL-01, PL-02): sockets first, then in each directory {@code .spec} before {@code .json}, each
 * also one directory deeper.
 *
 * @param sockets directories of sockets, in order
 * @param files directories of {@code .spec} and {@code .json} files, in order
 */
public record PluginSearch(List<Path> sockets, List<Path> files) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern PLUGIN_FILE = Pattern.compile("(.+)\\.(sock|spec|json)");
    private static final int S_IFMT = 0170000; // inode(7)
    private static final int S_IFSOCK = 0140000;
    private static final int MAX_FILE = 64 * 1024;

    /** Copies the lists. */
    public PluginSearch {
        sockets = List.copyOf(sockets);
        files = List.copyOf(files);
    }

    /** Returns a search in where Docker's engine looks; for a user who is not root also in the directories that XDG names. */
    public static PluginSearch ofSystem() {
        var sockets = new ArrayList<Path>();
        var files = new ArrayList<Path>();
        if (!"root".equals(System.getProperty("user.name"))) {
            Path home = Path.of(System.getProperty("user.home", "/"));
            directory("XDG_RUNTIME_DIR").ifPresent(run -> sockets.add(run.resolve("docker/plugins")));
            files.add(
                    directory("XDG_CONFIG_HOME").orElse(home.resolve(".config")).resolve("docker/plugins"));
            files.add(home.resolve(".local/lib/docker/plugins"));
        }
        sockets.add(Path.of("/run/docker/plugins"));
        files.add(Path.of("/etc/docker/plugins"));
        files.add(Path.of("/usr/lib/docker/plugins"));
        return new PluginSearch(sockets, files);
    }

    private static Optional<Path> directory(String variable) {
        return Optional.ofNullable(System.getenv(variable))
                .filter(value -> value.startsWith("/"))
                .map(Path::of);
    }

    /** Tells whether a plug-in could have this name; others are looked for nowhere. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.contains("..");
    }

    /**
     * Returns where a plug-in listens, if there is one of this name.
     *
     * @throws ConfigurationException if its file cannot be read or makes no sense
     */
    public Optional<PluginAddress> find(String name) {
        if (!isName(name)) {
            return Optional.empty();
        }
        for (Path directory : sockets) {
            for (Path candidate : candidates(directory, name, ".sock")) {
                if (isSocket(candidate)) {
                    return Optional.of(new PluginAddress.Unix(candidate));
                }
            }
        }
        for (Path directory : files) {
            for (String ending : List.of(".spec", ".json")) {
                for (Path candidate : candidates(directory, name, ending)) {
                    if (Files.isRegularFile(candidate)) {
                        return Optional.of(read(candidate));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<Path> candidates(Path directory, String name, String ending) {
        return List.of(directory.resolve(name + ending), directory.resolve(name).resolve(name + ending));
    }

    private static boolean isSocket(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return attributes.isOther() && (mode(path) & S_IFMT) == S_IFSOCK;
        } catch (IOException missing) {
            return false;
        }
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode");
    }

    private static PluginAddress read(Path file) {
        String text = content(file);
        if (file.toString().endsWith(".spec")) {
            return PluginAddress.parse(text, Tls.INSECURE, file);
        }
        try {
            Fields fields = Json.read(text.getBytes(StandardCharsets.UTF_8));
            Tls tls = fields.object("TLSConfig").map(PluginSearch::tls).orElse(Tls.INSECURE);
            return PluginAddress.parse(fields.text("Addr"), tls, file);
        } catch (BadMessageException unreadable) {
            throw new ConfigurationException(
                    "file " + file + " cannot be read: " + unreadable.getMessage() + "; correct it", unreadable);
        }
    }

    private static Tls tls(Fields fields) {
        Optional<Path> ca = path(fields, "CAFile");
        return new Tls(
                ca.isEmpty() || fields.flag("InsecureSkipVerify"),
                ca,
                path(fields, "CertFile"),
                path(fields, "KeyFile"));
    }

    private static Optional<Path> path(Fields fields, String name) {
        return Optional.of(fields.text(name)).filter(text -> !text.isEmpty()).map(Path::of);
    }

    private static String content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(MAX_FILE + 1);
            if (octets.length > MAX_FILE) {
                throw new ConfigurationException(
                        "file " + file + " is larger than " + MAX_FILE + " octets; it should hold one address");
            }
            return new String(octets, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigurationException("file " + file + " cannot be read: " + e + "; see who may read it", e);
        }
    }

    /** Returns the names of all plug-ins there are; directories that cannot be read are skipped. */
    public Set<String> scan() {
        var names = new TreeSet<String>();
        Stream.concat(sockets.stream(), files.stream()).forEach(directory -> {
            for (Path entry : entries(directory)) {
                add(entry, names);
                if (Files.isDirectory(entry)) {
                    entries(entry).stream()
                            .filter(inner -> inner.getFileName()
                                    .toString()
                                    .matches(Pattern.quote(entry.getFileName().toString()) + "\\.(sock|spec|json)"))
                            .forEach(inner -> add(inner, names));
                }
            }
        });
        return names;
    }

    private static void add(Path entry, Set<String> names) {
        var file = PLUGIN_FILE.matcher(entry.getFileName().toString());
        if (file.matches() && isName(file.group(1)) && (!file.group(2).equals("sock") || isSocket(entry))) {
            names.add(file.group(1));
        }
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }
}
