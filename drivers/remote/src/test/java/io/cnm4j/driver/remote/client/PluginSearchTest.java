package io.cnm4j.driver.remote.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.driver.remote.client.PluginAddress.Tcp;
import io.cnm4j.driver.remote.client.PluginAddress.Tls;
import io.cnm4j.driver.remote.client.PluginAddress.Unix;
import io.cnm4j.tck.FakePlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PL-01 and PL-02. */
class PluginSearchTest {
    @TempDir
    Path directory;

    private Path sockets;
    private Path etc;
    private Path lib;
    private PluginSearch search;

    @BeforeEach
    void directories() throws IOException {
        sockets = Files.createDirectory(directory.resolve("s"));
        etc = Files.createDirectory(directory.resolve("e"));
        lib = Files.createDirectory(directory.resolve("l"));
        search = new PluginSearch(List.of(sockets), List.of(etc, lib, directory.resolve("missing")));
    }

    private static void file(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void aSocketComesBeforeASpecBeforeJsonAndEtcBeforeLib() throws IOException {
        file(lib.resolve("weave.spec"), "tcp://lib:1");
        assertThat(search.find("weave")).contains(new Tcp("lib", 1, Optional.empty()));
        file(etc.resolve("weave.json"), "{\"Name\":\"weave\",\"Addr\":\"https://etc-json:2\"}");
        assertThat(search.find("weave")).contains(new Tcp("etc-json", 2, Optional.of(Tls.INSECURE)));
        file(etc.resolve("weave/weave.spec"), "  http://etc-spec:3\n");
        assertThat(search.find("weave")).contains(new Tcp("etc-spec", 3, Optional.empty()));
        file(sockets.resolve("weave.sock"), "not a socket: skipped");
        assertThat(search.find("weave")).contains(new Tcp("etc-spec", 3, Optional.empty()));
        try (var deep = new FakePlugin(sockets.resolve("weave/weave.sock"))) {
            assertThat(deep.calls()).isEmpty();
            assertThat(search.find("weave")).contains(new Unix(sockets.resolve("weave/weave.sock")));
        }
    }

    @Test
    void tlsIsReadFromJsonAndIsInsecureWithoutAnAuthority() throws IOException {
        file(
                etc.resolve("sure.json"),
                "{\"Addr\":\"https://h:4\",\"TLSConfig\":{\"CAFile\":\"/ca\",\"CertFile\":\"/c\",\"KeyFile\":\"/k\"}}");
        file(etc.resolve("unsure.json"), "{\"Addr\":\"https://h:4\",\"TLSConfig\":{\"CertFile\":\"/c\"}}");
        var sure = new Tls(false, Optional.of(Path.of("/ca")), Optional.of(Path.of("/c")), Optional.of(Path.of("/k")));
        assertThat(search.find("sure")).contains(new Tcp("h", 4, Optional.of(sure)));
        assertThat(search.find("unsure").map(address -> ((Tcp) address).tls().orElseThrow()))
                .hasValueSatisfying(tls -> assertThat(tls.insecureSkipVerify()).isTrue());
    }

    @Test
    void whatIsNotThereOrCannotBeAPluginIsNotFound() throws IOException {
        file(directory.resolve("outside.spec"), "tcp://h:1");
        assertThat(search.find("nobody")).isEmpty();
        assertThat(search.find("../outside")).isEmpty();
        assertThat(search.find("a/b")).isEmpty();
        assertThat(search.find("")).isEmpty();
    }

    @Test
    void aFileThatMakesNoSenseIsNamed() throws IOException {
        file(etc.resolve("bare.spec"), "localhost:8080");
        file(etc.resolve("broken.json"), "{");
        file(etc.resolve("huge.spec"), "x".repeat(70_000));
        for (String name : List.of("bare", "broken", "huge")) {
            assertThatThrownBy(() -> search.find(name))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(etc.resolve(name).toString());
        }
    }

    @Test
    void aScanNamesAllAndSkipsWhatCannotBeRead() throws IOException {
        file(etc.resolve("one.spec"), "tcp://h:1");
        file(lib.resolve("two/two.json"), "{}");
        file(lib.resolve("two/other.json"), "{}");
        file(sockets.resolve("three.sock"), "");
        try (var four = new FakePlugin(sockets.resolve("four.sock"))) {
            assertThat(four.calls()).isEmpty();
            assertThat(search.scan()).containsExactly("four", "one", "two");
        }
    }
}
