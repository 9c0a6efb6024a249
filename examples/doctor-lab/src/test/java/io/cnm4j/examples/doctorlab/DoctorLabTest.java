package io.cnm4j.examples.doctorlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.examples.quickstart.ExampleRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class DoctorLabTest {
    @BeforeEach
    void needsRoot() throws Exception {
        ExampleRun.assumeRoot();
    }

    @Test
    void everyDamageIsFoundAndRepaired() throws Exception {
        assertThat(ExampleRun.told(DoctorLab::main))
                .contains("foreign=untouched")
                .endsWith("doctor-lab: ok\nleaks: 0\n");
    }
}
