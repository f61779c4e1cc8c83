import { LENDS_TERMINAL, lentTerminal } from "../process/pseudo_terminal.ts";
import type { Question } from "./way.ts";

/** Longest that questions are waited for, in seconds, with `timeout`. */
const DEADLINE_SECONDS = 30;

/** Programs that `answer()` needs. */
export const ANSWER_NEEDS = [LENDS_TERMINAL, "stty", "timeout"];

/** Result of a command on a terminal. */
export interface Answered {
  readonly status: number;
  /** All that the terminal was sent. */
  readonly said: string;
  /** Texts of the questions that were asked, in order. */
  readonly asked: readonly string[];
}

interface AnswerOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly questions: readonly Question[];
}

/** Runs a shell command on a terminal; types an answer to each question. */
export async function answer(
  command: string,
  { cwd, env = {}, questions }: AnswerOptions,
): Promise<Answered> {
  const [program, ...args] = lentTerminal(
    // A question that is asked once more than expected is not waited at.
    `stty cols 100 && exec timeout --foreground ${DEADLINE_SECONDS} ${command}`,
  );
  const child = new Deno.Command(program, {
    args,
    cwd,
    env: {
      LC_ALL: "C.UTF-8",
      SEACP_HOST_MEMORY: "no",
      SHELL: "/bin/sh",
      ...NO_GRAPHICS,
      ...env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const asked: string[] = [];
  let [said, seen] = ["", 0];
  for await (
    const text of child.stdout.pipeThrough(new TextDecoderStream())
  ) {
    said += text;
    for (let next; (next = nextQuestion(said, seen, questions));) {
      seen = next.end;
      asked.push(next.question.text);
      await keyboard.write(
        new TextEncoder().encode(`${next.question.answer}\n`),
      );
    }
  }
  const { code } = await child.status;
  await keyboard.close().catch(() => {});
  return { status: code, said, asked };
}

/** No graphical program asks. */
const NO_GRAPHICS = {
  SSH_ASKPASS_REQUIRE: "",
  DISPLAY: "",
  WAYLAND_DISPLAY: "",
};

/** Finds the question that comes first after so many characters. */
function nextQuestion(
  screen: string,
  from: number,
  questions: readonly Question[],
): { question: Question; end: number } | undefined {
  return questions
    .map((question) => ({ question, at: screen.indexOf(question.text, from) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .map(({ question, at }) => ({ question, end: at + question.text.length }))
    .at(0);
}
