package io.cnm4j.core.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class PersistentMapTest {
    /** A key of which many share a hash. */
    private record Key(int number) {
        @Override
        public int hashCode() {
            return number % 3 == 0 ? 7 : number * 0x9e37_79b9;
        }
    }

    @RepeatedTest(20)
    void holdsWhatAHashMapHoldsAndCopiesStayAsTheyWere(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        Map<Key, Integer> model = new HashMap<>();
        PersistentMap<Key, Integer> map = PersistentMap.empty();
        for (int i = 0; i < 3000; i++) {
            var key = new Key(random.nextInt(200));
            Integer before = map.get(key);
            PersistentMap<Key, Integer> old = map;
            if (random.nextInt(3) == 0) {
                model.remove(key);
                map = map.without(key);
            } else {
                model.put(key, i);
                map = map.with(key, i);
            }
            assertThat(old.get(key)).isEqualTo(before);
            assertThat(map.size()).isEqualTo(model.size());
        }
        for (int number = 0; number < 200; number++) {
            assertThat(map.get(new Key(number))).isEqualTo(model.get(new Key(number)));
        }
    }
}
