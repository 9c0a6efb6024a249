package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CrewTest {
    @Test
    void allTasksAreDoneWhenItIsClosed() {
        var done = new AtomicInteger();
        try (var crew = new Crew(4)) {
            for (int i = 0; i < 1_000; i++) {
                crew.give(done::incrementAndGet);
            }
        }
        assertThat(done).hasValue(1_000);
    }

    @Test
    void aFailureIsThrownWhenTheOthersAreDone() {
        var done = new AtomicInteger();
        var crew = new Crew(4);
        for (int i = 0; i < 100; i++) {
            int number = i;
            crew.give(() -> {
                if (number == 7) {
                    throw new IllegalStateException("seven");
                }
                done.incrementAndGet();
            });
        }
        assertThatThrownBy(crew::close).hasMessage("seven");
        assertThat(done).hasValue(99);
    }
}
