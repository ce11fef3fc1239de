"""Settings of nbgrader for this course: run its commands in the folder of this file.

Its one assignment is called ``solutions``, after the folder of the sources, and has one notebook for each chapter:
``nbgrader generate_assignment solutions --notebook=02_learning_rate_exercises``. Whatever belongs to a class goes to
``classroom/``, which stays out of the repository.
"""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader's own

classroom = Path.cwd() / "classroom"
classroom.mkdir(exist_ok=True)  # the gradebook cannot be made without

c.CourseDirectory.course_id = "first-steps-in-neural-networks"
c.CourseDirectory.root = str(Path.cwd())
c.CourseDirectory.source_directory = "notebooks"
c.CourseDirectory.release_directory = "classroom/release"
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.solution_directory = "classroom/solution"
c.CourseDirectory.db_url = f"sqlite:///{classroom / 'gradebook.db'}"

# The same stub as in notebooks/exercises/.
c.ClearSolutions.code_stub = {"python": "...  # replace the dots by your answer"}

# A loop without end costs a cell of a submission so many seconds, not the batch. They are of the clock: on a busy
# machine an honest cell that computes for a second takes ten.
c.ExecutePreprocessor.timeout = c.ExecutePreprocessor.iopub_timeout = 50
