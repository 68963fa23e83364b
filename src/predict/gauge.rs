//! What the strengths of teams leave open where there is no prior: how much of them is the level of all.

/// Adds the curvature of Σatt = Σdef = 0, which separates the level of the teams from μ where there is no prior.
pub(super) fn fix_means(matrix: &mut [f64], order: usize, n: usize) {
    for i in 0..n {
        for j in 0..=i {
            matrix[i * order + j] += 1.0;
            matrix[(n + i) * order + n + j] += 1.0;
        }
    }
}

/// Adds the curvature of Σatt + Σdef = 0. The level of shots is given, so that shots tell attack from μ, and only what both
/// strengths share changes nothing.
pub(super) fn fix_mean(matrix: &mut [f64], order: usize, n: usize) {
    for i in 0..2 * n {
        for j in 0..=i {
            matrix[i * order + j] += 1.0;
        }
    }
}

/// Removes the variance along the two directions that change no rate: (att + c, μ − c) and (def + c, μ + c), of which shots
/// leave their sum alone.
///
/// Fixing the means had given these directions unit precision.
pub(super) fn remove_gauge(covariance: &mut [f64], n: usize, order: usize, has_shots: bool) {
    let each = [(0..n, -1.0), (n..2 * n, 1.0)];
    let both = [(0..2 * n, 0.0)];
    let directions: &[_] = if has_shots { &both } else { &each };
    for (strengths, level) in directions {
        let mut direction = vec![0.0; order];
        direction[strengths.clone()].fill(1.0);
        direction[2 * n] = *level;
        let size = (strengths.len() * strengths.len()) as f64;
        for i in 0..order {
            for j in 0..order {
                covariance[i * order + j] -= direction[i] * direction[j] / size;
            }
        }
    }
}

/// Moves the mean of attack and of defence into μ, so that Σatt = Σdef = 0, or with shots Σatt + Σdef = 0; no rate changes.
pub(super) fn centre(theta: &mut [f64], n: usize, has_shots: bool) {
    if has_shots {
        let mean = theta[..2 * n].iter().sum::<f64>() / (2 * n).max(1) as f64;
        theta[..2 * n].iter_mut().for_each(|value| *value -= mean);
        return;
    }
    for (first, sign) in [(0, 1.0), (n, -1.0)] {
        let mean = theta[first..first + n].iter().sum::<f64>() / n.max(1) as f64;
        theta[first..first + n]
            .iter_mut()
            .for_each(|value| *value -= mean);
        theta[2 * n] += sign * mean;
    }
}
