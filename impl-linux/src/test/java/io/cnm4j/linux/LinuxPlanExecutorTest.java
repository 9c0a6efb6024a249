package io.cnm4j.linux;

import io.cnm4j.tck.ExecutorSubject;
import io.cnm4j.tck.PlanExecutorContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The executor's contract against the kernel, each rule in a namespace of its own. */
@Tag("kernel")
@ExtendWith(KernelTestExtension.class)
class LinuxPlanExecutorTest extends PlanExecutorContract {
    @TempDir
    Path directory;

    @Override
    protected ExecutorSubject newSubject() {
        return new KernelSubject(directory);
    }
}
