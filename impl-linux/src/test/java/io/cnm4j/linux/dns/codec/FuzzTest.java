package io.cnm4j.linux.dns.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.Family;
import io.cnm4j.core.names.Addresses;
import io.cnm4j.core.names.SandboxNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

/**
 * Junk, mutants of real messages, cuts and loops: nothing throws, nothing grows, what we answer is a message. {@code -Dcnm4j.fuzz.seconds=N}
 * goes on longer; a failure names the message, to be added to the corpus.
 */
class FuzzTest {
    private final SandboxNames names = CodecTest.many(40);
    private final Mutants mutants = new Mutants();

    @Test
    void noMessageDoesHarm() {
        for (byte[] message : mutants.corpus()) {
            tried(message);
        }
        long end = System.nanoTime() + Mutants.SECONDS * 1_000_000_000;
        int questions = 0;
        for (long seed = 0; System.nanoTime() < end; seed++) {
            byte[] message = mutants.next(new Random(seed));
            questions += tried(message) ? 1 : 0;
        }
        assertThat(questions).as("messages that were questions").isGreaterThan(100);
    }

    /** Tells whether it was a question. */
    private boolean tried(byte[] message) {
        try {
            var relayed = new Relayed(message);
            assertThat(relayed.addresses()).hasSizeLessThanOrEqualTo(message.length);
            if (message.length >= Question.HEADER) {
                int ttl = relayed.ttl();
                if (ttl > 0) {
                    assertThat(relayed.older(1).size()).isEqualTo(message.length);
                }
            }
            Question question = Question.read(message.clone());
            if (question == null) {
                return false;
            }
            for (byte[] answer : answers(question)) {
                assertThat(answer.length).isLessThanOrEqualTo(Math.max(512, question.end() + 11));
                assertThat(new Message(answer).getHeader().getID()).isEqualTo(question.id());
            }
            if (question.isAnsweredBy(message)) {
                assertThat(relayed.to(question, 512).length).isLessThanOrEqualTo(Math.max(512, question.end() + 11));
            }
            return true;
        } catch (RuntimeException | IOException | AssertionError failure) {
            throw new AssertionError("message " + HexFormat.of().formatHex(message), failure);
        }
    }

    private List<byte[]> answers(Question question) {
        var answers = new ArrayList<byte[]>();
        Addresses many = Objects.requireNonNull(names.addresses("many"));
        answers.add(Replies.empty(question, Replies.SERVFAIL));
        answers.add(Replies.addresses(question, many, Family.IPV4, 3, 512));
        answers.add(Replies.addresses(question, many, Family.IPV6, 3, 512));
        byte[] name = Replies.name(question, "one.net", 512);
        if (name != null) {
            answers.add(name);
        }
        return answers;
    }
}
