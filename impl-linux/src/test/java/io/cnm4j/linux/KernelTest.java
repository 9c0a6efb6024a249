package io.cnm4j.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that talks to the kernel: it and its before-each and after-each methods run in a fresh network namespace, on a thread
 * of their own, and must leave nothing behind.
 */
@Test
@Tag("kernel")
@ExtendWith(KernelTestExtension.class)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface KernelTest {}
