package io.cnm4j.examples.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class RuntimeDemoTest {
    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRealRoot("runc and crun make cgroups and mounts");
    }

    @Test // XK-02 to XK-06
    void runcAndCrunStartContainersThatHaveTheirAddresses() throws Exception {
        assertThat(ExampleRun.told(RuntimeDemo::main))
                .contains("runc: guest-of-runc said", "crun: guest-of-crun said", "hello from web")
                .endsWith("runtime: ok\nleaks: 0\n");
    }
}
