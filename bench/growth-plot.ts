// The plot of docs/performance.md: time and memory of planning, and receiving alone, against the number of people.
import type { GrowthPoint } from "./measurement.ts";

/** An SVG with both times, and the peak of memory at an axis of its own. */
export async function drawGrowth(points: readonly GrowthPoint[]): Promise<string> {
  const { init } = await import("echarts");
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 720, height: 400 });
  const series = (name: string, of: (point: GrowthPoint) => number) => ({
    name,
    type: "line" as const,
    symbolSize: 7,
    yAxisIndex: 0,
    data: points.map((point) => [point.users, Number(of(point).toFixed(3))]),
  });
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    color: ["#1f6feb", "#8c959f", "#bf5af2"],
    grid: { left: 70, right: 80, top: 110, bottom: 60 },
    legend: { top: 8, left: 60, orient: "vertical" },
    xAxis: { type: "value", name: "Users", nameLocation: "middle", nameGap: 32 },
    yAxis: [
      { type: "value", name: "Seconds" },
      { type: "value", name: "MB resident", min: 0, splitLine: { show: false } },
    ],
    series: [
      series("Planning, reading included", ({ planSeconds }) => planSeconds),
      series("Receiving and parsing the service's answers", ({ receiveSeconds }) => receiveSeconds),
      {
        ...series("Peak resident set of planning", ({ planPeakMb }) => planPeakMb),
        yAxisIndex: 1,
        lineStyle: { type: "dashed" as const },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
